import { useEffect, useState } from 'preact/hooks';
import { access, forgetKey, hasKey } from './api/client';
import { inUtc, showTimesIn, zoneName } from './format';
import { linkTo, place } from './router';
import { caller } from './session';
import { Icon } from './ui/icon';
import { viewOf, VIEWS } from './views/views';

/** Header, navigation and the view that the address names. */
export function Frame() {
  const [open, setOpen] = useState(false);
  const { path } = place.value;
  const here = path[0] ?? '';
  useEffect(() => setOpen(false), [place.value]);
  return (
    <div class="frame">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        Skip to the content
      </a>
      <header>
        <a class="brand" href={linkTo([])}>
          <span class="mark" aria-hidden="true" />
          Sluice
        </a>
        <span class="environment">
          <span class="unseen">Environment: </span>
          {caller.value?.environment}
        </span>
        <button
          type="button"
          class="menu"
          aria-expanded={open}
          aria-controls="navigation"
          onClick={() => setOpen(!open)}
        >
          <Icon name="menu" />
          Menu
        </button>
      </header>
      <nav id="navigation" class={open ? 'open' : ''} aria-label="Views">
        <ul>
          {VIEWS.map(({ key, title, icon }) => (
            <li key={key}>
              <a href={linkTo(key === '' ? [] : [key])} aria-current={here === key ? 'page' : undefined}>
                <Icon name={icon} />
                {title}
              </a>
            </li>
          ))}
        </ul>
        <Account />
      </nav>
      <main id="main" tabIndex={-1} key={path.join('/')}>
        {viewOf(place.value)}
      </main>
    </div>
  );
}

function Account() {
  const { name, role, auth } = caller.value ?? { name: '', role: null, auth: '' };
  return (
    <div class="account">
      <p>
        <strong>{name}</strong>
        <br />
        <span>{role === null ? 'no role' : `Role: ${role}`}</span>
      </p>
      <label>
        Times in{' '}
        <select
          value={inUtc.value ? 'UTC' : 'local'}
          onChange={(event) => showTimesIn(event.currentTarget.value === 'UTC' ? 'UTC' : 'local')}
        >
          <option value="local">{Intl.DateTimeFormat().resolvedOptions().timeZone}</option>
          <option value="UTC">UTC</option>
        </select>
      </label>
      {auth === 'functionKey' && hasKey() && (
        <button
          type="button"
          class="plain"
          onClick={() => {
            forgetKey();
            access.value = 'key';
          }}
        >
          Forget the key
        </button>
      )}
      <span class="unseen">Times are shown in {zoneName()}.</span>
    </div>
  );
}
