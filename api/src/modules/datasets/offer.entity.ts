import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Terms of a license; immutable except `active`. */
@Entity('offer')
export class OfferEntity {
  @PrimaryColumn({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @PrimaryColumn({ type: 'int' })
  index: number;

  @Column({ type: 'text' })
  id: string;

  @Column({ type: 'numeric' })
  price: string;

  /** Seconds. */
  @Column({ type: 'bigint', transformer: { to: (value: number) => value, from: Number } })
  duration: number;

  @Column({ type: 'int' })
  purposes: number;

  @Column({ type: 'int' })
  seats: number;

  @Column({ name: 'terms_hash', type: 'text' })
  termsHash: string;

  @Column({ type: 'boolean' })
  active: boolean;
}
