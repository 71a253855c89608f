import type { AnnotationSubmitMutation } from '../graphql/generated.ts';

/** The job signer's word that a commitment arrived in time. */
export type CommitmentReceipt = Omit<
  Extract<AnnotationSubmitMutation['annotationSubmit'], { __typename: 'AnnotationReceived' }>,
  '__typename'
>;

/** What is kept of an annotation: with the lease it is the evidence for `claimLease`. */
export interface KeptAnnotation {
  value: string;
  salt: string;
  commitment: string;
  signature: string;
  receipt: CommitmentReceipt | null;
}

/** Where a labeler's annotation of an assignment is kept. */
export const annotationKey = (labeler: string, assignmentId: string): string =>
  `annotation/${labeler.toLowerCase()}/${assignmentId}`;
