import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { LicenseEntity } from './license.entity.ts';

@Injectable()
export class LicenseService {
  constructor(@InjectRepository(LicenseEntity) private readonly licenses: Repository<LicenseEntity>) {}

  /** Newest expiry first. */
  ofLicensee(licensee: string): Promise<LicenseEntity[]> {
    return this.licenses.find({ where: { licensee }, order: { expiry: 'DESC', datasetId: 'ASC', slot: 'ASC' } });
  }
}
