# The board is built in the first stage, the packages that run are installed in the second; the image that runs holds no
# build tools, runs as an ordinary user, and writes nowhere but to /data, /backups and /tmp.
FROM node:24-bookworm-slim AS board
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node node_modules/vite/bin/vite.js build services/board

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# PostgreSQL and Node come from images of their own.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production PACT_DATA_DIR=/data PACT_HTTP_HOST=0.0.0.0 PACT_MQTT_HOST=0.0.0.0
WORKDIR /app
RUN mkdir /data /backups && chown node:node /data /backups
COPY package.json .env.example LICENSE ./
COPY services ./services
COPY firmware-bridge ./firmware-bridge
COPY --from=packages /app/node_modules ./node_modules
COPY --from=board /app/services/board/dist ./services/board/dist
USER node
VOLUME ["/data", "/backups"]
EXPOSE 8080 1883 8883
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# The flag as in `npm start`: docs/performance.md says why.
CMD ["node", "--max-semi-space-size=16", "services/main.ts"]
