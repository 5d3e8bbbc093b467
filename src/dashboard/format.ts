import { signal } from '@preact/signals';

const ZONE = 'sluice-time-zone';
/** Whether times are shown in UTC rather than in the zone of the browser. */
export const inUtc = signal(localStorage.getItem(ZONE) === 'UTC');

export function showTimesIn(zone: 'UTC' | 'local'): void {
  inUtc.value = zone === 'UTC';
  localStorage.setItem(ZONE, zone);
}

/** The zone that times are shown in, as people write it. */
export function zoneName(): string {
  return inUtc.value ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function zone(): { timeZone?: string } {
  return inUtc.value ? { timeZone: 'UTC' } : {};
}

/** `28 Nov, 03:12:45`; with the year where it is not this one. */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  const sameYear = date.getUTCFullYear() === new Date().getUTCFullYear();
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(!sameYear && { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...zone(),
  }).format(date);
}

/** `03:12:45`. */
export function formatClock(ms: number): string {
  return new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', ...zone() }).format(new Date(ms));
}

/** `28 Nov`. */
export function formatDay(ms: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', ...zone() }).format(new Date(ms));
}

/** How long ago, or how far ahead, in words: `12 minutes ago`. */
export function formatAgo(iso: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const);
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

/** `1 h 4 min`, `2 min 5 s`, `3.2 s`, `80 ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `2,999,988`. */
export function formatCount(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}

/** `12 rows`, `1 row`. */
export function formatRows(value: number): string {
  return `${formatCount(value)} ${value === 1 ? 'row' : 'rows'}`;
}

/** `€0.0042`: small amounts keep two figures that are not zero. */
export function formatMoney(amount: number, currency: string): string {
  const decimals = amount === 0 ? 2 : Math.min(8, Math.max(2, 1 - Math.floor(Math.log10(Math.abs(amount)))));
  return new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: decimals }).format(amount);
}

/** `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power] ?? 'B'}`;
}

/** `0.04 %`; tiny shares keep a figure that is not zero. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const percent = (part / whole) * 100;
  if (percent >= 99.995 && part < whole) return '> 99.99 %';
  if (percent < 0.01) return '< 0.01 %';
  return `${Number(percent.toFixed(percent < 10 ? 2 : 1))} %`;
}
