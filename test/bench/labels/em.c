/* Baseline of the label bench: the EM of Dawid & Skene as a plain C loop over votes sorted by task.
   em TASKS WORKERS CLASSES VOTES_PER_TASK ITERATIONS FILE -> seconds of the iterations on standard output.
   FILE holds the worker of each vote (uint32), then the label of each vote (uint16). */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv) {
  if (argc != 7) return 2;
  const size_t tasks = strtoul(argv[1], 0, 10), workers = strtoul(argv[2], 0, 10), k = strtoul(argv[3], 0, 10);
  const size_t per = strtoul(argv[4], 0, 10), iterations = strtoul(argv[5], 0, 10), square = k * k;
  uint32_t *worker = malloc(tasks * per * sizeof *worker);
  uint16_t *label = malloc(tasks * per * sizeof *label);
  double *posterior = calloc(tasks * k, sizeof *posterior);
  double *counts = malloc(workers * square * sizeof *counts);
  double mass[64], row[64];
  if (!worker || !label || !posterior || !counts || k > 64) return 1;
  FILE *votes = fopen(argv[6], "rb");
  if (!votes || fread(worker, sizeof *worker, tasks * per, votes) != tasks * per ||
      fread(label, sizeof *label, tasks * per, votes) != tasks * per)
    return 1;
  fclose(votes);
  for (size_t t = 0; t < tasks; t++)
    for (size_t i = 0; i < per; i++) posterior[t * k + label[t * per + i]] += 1.0 / per;
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (size_t n = 0; n < iterations; n++) {
    for (size_t i = 0; i < workers * square; i++) counts[i] = 0.01;
    for (size_t c = 0; c < k; c++) mass[c] = 0.01;
    for (size_t t = 0; t < tasks; t++) {
      for (size_t c = 0; c < k; c++) mass[c] += posterior[t * k + c];
      for (size_t v = t * per; v < (t + 1) * per; v++)
        for (size_t c = 0; c < k; c++) counts[worker[v] * square + c * k + label[v]] += posterior[t * k + c];
    }
    for (size_t i = 0; i < workers * k; i++) {
      double sum = 0;
      for (size_t l = 0; l < k; l++) sum += counts[i * k + l];
      for (size_t l = 0; l < k; l++) counts[i * k + l] = log(counts[i * k + l] / sum);
    }
    for (size_t t = 0; t < tasks; t++) {
      double best = -INFINITY, total = 0;
      for (size_t c = 0; c < k; c++) row[c] = log(mass[c] / tasks);
      for (size_t v = t * per; v < (t + 1) * per; v++)
        for (size_t c = 0; c < k; c++) row[c] += counts[worker[v] * square + c * k + label[v]];
      for (size_t c = 0; c < k; c++) best = row[c] > best ? row[c] : best;
      for (size_t c = 0; c < k; c++) total += row[c] = exp(row[c] - best);
      for (size_t c = 0; c < k; c++) posterior[t * k + c] = row[c] / total;
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &to);
  double check = 0;
  for (size_t i = 0; i < tasks * k; i += k) check += posterior[i];
  fprintf(stderr, "%f\n", check);
  printf("%.6f\n", (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
  return 0;
}
