/** Numbers as pages say them. */

/** @returns `10,000` */
export const inThousands = (count: number) => count.toLocaleString('en');

/** @returns `11.5`, of 11,480,000 bytes */
export const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
