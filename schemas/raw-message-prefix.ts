/** Prefix of raw messages: then retention days, then date. */
export const rawRoom = 'raw/'
