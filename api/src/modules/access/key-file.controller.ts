import type { KeyFileUpdates } from '@allod/protocol';
import { BadRequestException, Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { KeyFileService } from './key-file.service.ts';

/** What mirrors copy beside a version's files: signed updates of its key files. Public, like the files. */
@Controller('allod/v1/key-file-updates')
export class KeyFileController {
  constructor(@Inject(KeyFileService) private readonly keyFiles: KeyFileService) {}

  @Get(':datasetId/:version')
  @Header('cache-control', 'no-store')
  @Header('access-control-allow-origin', '*')
  updates(@Param('datasetId') datasetId: string, @Param('version') version: string): Promise<KeyFileUpdates> {
    if (!/^0x[0-9a-f]{64}$/i.test(datasetId) || !/^[1-9]\d{0,3}$/.test(version))
      throw new BadRequestException({ code: 'BAD_INPUT', message: 'a datasetId and a version are needed' });
    return this.keyFiles.updatesOf(datasetId, Number(version));
  }
}
