/** What C's printf makes of a format with `%s`, `%d` and `%u`, the only ones that the reference sensor uses. */
export function printf(format: string, ...values: readonly (string | number)[]): string {
  const left = [...values];
  const text = format.replaceAll(/%(.)/g, (_, conversion: string) => {
    const value = left.shift();
    const isText = typeof value === 'string';
    const fits = conversion === 's' ? isText : /[du]/.test(conversion) && Number.isInteger(value);
    if (!fits) throw new TypeError(`%${conversion} of ${format} cannot be ${value}`);
    return String(value);
  });
  if (left.length > 0) throw new TypeError(`${format} has no place for ${left}`);
  return text;
}
