/** A text that is no request. The caller blocks: it never means `pass`. */
export class RequestError extends Error {
  /**
   * @param {string} code stable, such as `request/bad-host`
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
  }
}
