import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** `npm run build` puts the board and the stewards' page into services/board/dist, which the api serves. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Stewards' phones are old: what WeChat's browser and Chrome of 2018 understand.
    target: ['es2018', 'chrome64', 'safari12'],
    sourcemap: false,
    rollupOptions: { input: { board: page('index.html'), door: page('door.html') } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
