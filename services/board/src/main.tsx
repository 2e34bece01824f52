import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import './style/paper.css';
import './style/parts.css';
import './style/warnings.css';
import './style/entry.css';
import './style/board.css';
import './style/facade.css';
import './style/beside.css';
import './style/accounts.css';
import './style/page.css';
import './style/rota.css';
import './style/views.css';
import './style/record-rows.css';

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
