import { render } from 'preact';
import './styles/page.css';
import { App } from './app';

const root = document.getElementById('page');
if (root !== null) render(<App />, root);
