/** The client closed its connection before the response: it gets no response and no log line. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';

  constructor() {
    super('The client has gone away.');
  }
}
