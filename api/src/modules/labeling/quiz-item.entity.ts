import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A public item of the requester with its known label. */
@Entity('quiz_item')
export class QuizItemEntity {
  @PrimaryColumn({ name: 'job_id', type: 'text' })
  jobId: string;

  @PrimaryColumn({ type: 'int' })
  position: number;

  @Column({ name: 'media_type', type: 'text' })
  mediaType: string;

  @Column({ name: 'content_base64', type: 'text' })
  contentBase64: string;

  /** Never leaves the server. */
  @Column({ type: 'text' })
  answer: string;
}
