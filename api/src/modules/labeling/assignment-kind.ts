/**
 * What a lease is for: a label, a label on an item whose answer is known (the labeler cannot tell the two apart), or the
 * decision of an adjudicator.
 */
export type AssignmentKind = 'LABEL' | 'GOLD' | 'ADJUDICATION';
