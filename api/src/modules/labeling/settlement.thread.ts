import { serve } from './consensus/thread-pool.ts';
import { settle } from './settlement.ts';

serve({ settle });
