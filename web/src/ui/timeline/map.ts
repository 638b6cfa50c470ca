// The address of a map at a position.

export const OPENSTREETMAP = 'https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=15/{lat}/{lon}';

/** Five decimals are one metre; more only tells how the position was measured. */
const DECIMALS = 5;

/** `template` holds "{lat}" and "{lon}"; one that leads to no web page, or is empty, is not used. */
export function mapHref(template: string, latitude: number, longitude: number): string {
  const fill = (t: string) =>
    t.replaceAll('{lat}', latitude.toFixed(DECIMALS)).replaceAll('{lon}', longitude.toFixed(DECIMALS));
  const chosen = fill(template);
  return /^https?:\/\//iu.test(chosen) && URL.canParse(chosen) ? chosen : fill(OPENSTREETMAP);
}
