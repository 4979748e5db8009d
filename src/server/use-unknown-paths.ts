import type { Plugin } from 'graphql-yoga';
import { PathUnknownError } from '../errors/http.ts';
import { refusalOf } from './http/refuse.ts';

/** Says where GraphQL is to whoever asks elsewhere; yoga would answer nothing but the status. */
export function useUnknownPaths(): Plugin {
  return {
    onRequest({ url, fetchAPI, endResponse }) {
      if (/\/graphql\/?$/.test(url.pathname)) return;
      const { status, body } = refusalOf(new PathUnknownError());
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      endResponse(new fetchAPI.Response(body, { status, headers }));
    },
  };
}
