import { Address } from '../../../components/ui/address.tsx';
import { Fault } from '../../../components/ui/fault.tsx';
import { Loading } from '../../../components/ui/loading.tsx';
import { formatMoney } from '../../../lib/money.ts';
import { strings } from '../../../lib/strings.ts';
import { useWithdrawals } from '../api/list-withdrawals.ts';

export function WithdrawalList({ titleOf }: { titleOf(jobId: string): string }) {
  const withdrawals = useWithdrawals();
  const { historyColumns } = strings.earnings;
  return (
    <section className="card" aria-labelledby="withdrawals-title">
      <h2 id="withdrawals-title">{strings.earnings.history}</h2>
      {withdrawals.isPending ? <Loading /> : null}
      {withdrawals.isError ? <Fault error={withdrawals.error} retry={() => void withdrawals.refetch()} /> : null}
      {withdrawals.data?.length === 0 ? <p className="hint">{strings.earnings.historyEmpty}</p> : null}
      {withdrawals.data !== undefined && withdrawals.data.length > 0 ? (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col" className="number">
                  {historyColumns.amount}
                </th>
                <th scope="col">{historyColumns.job}</th>
                <th scope="col">{historyColumns.tx}</th>
                <th scope="col" className="number">
                  {historyColumns.block}
                </th>
              </tr>
            </thead>
            <tbody>
              {withdrawals.data.map((row) => (
                <tr key={`${row.txHash}-${row.jobId}`}>
                  <td className="number">{formatMoney(row.amount)}</td>
                  <td>{titleOf(row.jobId)}</td>
                  <td>
                    <Address value={row.txHash} what={historyColumns.tx} />
                  </td>
                  <td className="number">{row.blockNumber}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </section>
  );
}
