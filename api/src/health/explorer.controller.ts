import { Controller, Get, Header } from '@nestjs/common';
import { readSchema } from '../common/graphql/schema.ts';
import { explorerPage } from './explorer.page.ts';

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; form-action 'none'; " +
  "base-uri 'none'; frame-ancestors 'none'";

/** For people who look at the api with a browser. */
@Controller()
export class ExplorerController {
  @Get('graphiql')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  explorer(): string {
    return explorerPage;
  }

  @Get('schema.graphql')
  @Header('content-type', 'text/plain; charset=utf-8')
  schema(): string {
    return readSchema();
  }
}
