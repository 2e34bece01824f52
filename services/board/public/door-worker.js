// Keeps the steward's page, so that it opens where there is no network. What it shows and what was pressed is the
// page's own business; nothing about anybody is kept here.
const NAME = 'door-1';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/api/')) return;
  const isPage = request.mode === 'navigate';
  event.respondWith(
    (async () => {
      const cache = await caches.open(NAME);
      // Files carry a hash in their names and never change; the page is asked for anew where there is a network.
      const kept = isPage ? undefined : await cache.match(request);
      if (kept) return kept;
      try {
        const answer = await fetch(request);
        if (answer.ok) await cache.put(isPage ? '/s' : request, answer.clone());
        return answer;
      } catch (error) {
        const old = await cache.match(isPage ? '/s' : request);
        if (old) return old;
        throw error;
      }
    })(),
  );
});
