/** Where messages lie as they came: by the days for which they are kept, then by date. */
export const rawRoom = 'raw/'
