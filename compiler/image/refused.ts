/** Thrown inside the decoder alone, which turns it into a value at its border. */
export class ImageRefused extends Error {}
