import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Puts every asset beside itself as Brotli and gzip, so that the api sends few bytes without work of its own. */
const compressed = (): Plugin => ({
  name: 'compressed-assets',
  apply: 'build',
  async writeBundle({ dir = '' }, bundle) {
    const names = Object.keys(bundle).filter((name) => /^assets\/.*\.(js|css|svg)$/.test(name));
    for (const file of names.map((name) => join(dir, name))) {
      const bytes = await readFile(file);
      await writeFile(`${file}.br`, brotliCompressSync(bytes));
      await writeFile(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    }
  },
});

/** `npm run build` puts the board and the stewards' page into services/board/dist, which the api serves. */
export default defineConfig({
  plugins: [react(), compressed()],
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
