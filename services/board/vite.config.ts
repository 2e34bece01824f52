import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run build` puts the board into services/board/dist, which the api serves. */
export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', sourcemap: false },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
