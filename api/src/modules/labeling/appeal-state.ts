import type { Transitions } from '../../common/state-machine.ts';

export type AppealState = 'OPEN' | 'UPHELD' | 'DENIED';
/** What the appeal waits for: labels of others, or a blind decision. */
export type AppealRoute = 'MORE_LABELS' | 'ADJUDICATION';

/** One appeal per verdict; what is decided stays decided. */
export const appealTransitions: Transitions<AppealState> = { OPEN: ['UPHELD', 'DENIED'], UPHELD: [], DENIED: [] };
