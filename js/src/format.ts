/** Numbers as people read them: short, with the unit, the same width while they change. */

const UNITS = ["", "K", "M", "G", "T", "P"] as const;

/** A count with separators: `9,802`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A share of one as a percentage with one decimal; one that is not whole is never shown as 100%. */
export function percent(share: number): string {
  return share >= 1 ? "100%" : `${Math.min(share * 100, 99.9).toFixed(1)}%`;
}

/** Operations: `2.4 MFLOPs`. */
export function flops(value: number): string {
  return `${scaled(value, 1000)}FLOPs`;
}

/** Memory: `1.1 MB`. */
export function bytes(value: number): string {
  return `${scaled(value, 1024)}B`;
}

/** Time: `0:12`, `1:02:05`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A shape: `32 × 28 × 28`; `?` where it is not known. */
export function shape(sides: readonly number[] | undefined): string {
  return sides === undefined ? "?" : sides.join(" × ");
}

/** A figure with three digits that mean something: `0.0312`, `1.94`, `12.3`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "?";
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
  return Math.abs(value) >= 100 ? count(value) : value.toPrecision(3);
}

function scaled(value: number, base: number): string {
  let [rest, unit] = [value, 0];
  while (rest >= base && unit < UNITS.length - 1) {
    rest /= base;
    unit += 1;
  }
  const digits = rest >= 100 || unit === 0 ? 0 : 1;
  return `${rest.toFixed(digits)} ${UNITS[unit]}`;
}
