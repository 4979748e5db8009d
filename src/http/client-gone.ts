/** The client closed its connection before the response: there is nobody to answer, and nothing to log. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';

  constructor() {
    super('The client has gone away.');
  }
}
