/**
 * A GraphQL explorer in one page that loads nothing from elsewhere: it works offline, and no foreign script ever sees
 * a token that is typed here.
 */
export const explorerPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Allod GraphQL explorer</title>
<style>
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { margin: 0 auto; padding: 1rem; max-width: 80rem; }
  main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); }
  label { display: block; font-weight: 600; margin-top: .5rem; }
  textarea, input, pre { box-sizing: border-box; width: 100%; font: 13px/1.5 ui-monospace, monospace; padding: .5rem; }
  pre { border: 1px solid; margin: 0; min-height: 20rem; max-height: 75vh; overflow: auto; white-space: pre-wrap; }
  button { font: inherit; margin-top: .75rem; padding: .5rem 1.25rem; }
</style>
<h1>GraphQL explorer</h1>
<p>Endpoint <code>/graphql</code>, subscriptions on the same path over WebSocket, <a href="/schema.graphql">schema</a>. Ctrl+Enter runs.</p>
<main>
  <form>
    <label for="query">Query</label>
    <textarea id="query" rows="14" spellcheck="false">{
  protocol { chainId chainName confirmations paymentToken contracts }
  datasets(first: 10) {
    totalCount
    edges { node { id name description openIntake contributionCount offers { index price duration } latestVersion { number state manifestCid } } }
  }
}</textarea>
    <label for="variables">Variables (JSON)</label>
    <textarea id="variables" rows="4" spellcheck="false">{}</textarea>
    <label for="token">Session token (from signIn; stays in this page)</label>
    <input id="token" type="password" autocomplete="off">
    <button>Run</button>
  </form>
  <section aria-live="polite"><label for="result">Result</label><pre id="result" tabindex="0"></pre></section>
</main>
<script>
  const value = (id) => document.getElementById(id).value;
  const show = (text) => { document.getElementById('result').textContent = text; };
  const run = async (event) => {
    event.preventDefault();
    try {
      const token = value('token').trim();
      const headers = { 'content-type': 'application/json', ...(token ? { authorization: 'Bearer ' + token } : {}) };
      const body = JSON.stringify({ query: value('query'), variables: JSON.parse(value('variables') || '{}') });
      const answer = await fetch('/graphql', { method: 'POST', headers, body });
      show(JSON.stringify(await answer.json(), null, 2));
    } catch (error) {
      show(String(error));
    }
  };
  document.forms[0].addEventListener('submit', run);
  document.addEventListener('keydown', (event) => { if (event.ctrlKey && event.key === 'Enter') void run(event); });
</script>
</html>
`;
