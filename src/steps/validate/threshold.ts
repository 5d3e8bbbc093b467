/** Whether `failures` out of `evaluated` rows are more than a threshold allows: rows (`10`) or a share (`1%`). */
export function exceeds(threshold: number | string, failures: number, evaluated: number): boolean {
  if (typeof threshold === 'number') return failures > threshold;
  return failures * 100 > Number.parseFloat(threshold) * evaluated;
}

/** A share as people read it: `0.25 %`; 0 % of nothing. */
export function share(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (part * 100) / whole;
  return `${Number(percent.toPrecision(3))} %`;
}
