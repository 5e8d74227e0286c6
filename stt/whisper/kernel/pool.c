#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "internal.h"

// Threads sleep between jobs: models in one process must not fight for the
// processor by spinning.
struct ak_pool {
  int workers;
  pthread_t *threads;
  pthread_mutex_t mutex;
  pthread_cond_t work, done;
  long generation;
  int busy;
  bool closing;

  void (*f)(void *, int);
  void *context;
  int n;
  atomic_int next;
};

static void take(ak_pool *p) {
  for (int i; (i = atomic_fetch_add(&p->next, 1)) < p->n;) p->f(p->context, i);
}

static void *worker(void *arg) {
  ak_pool *p = arg;
  long seen = 0;
  pthread_mutex_lock(&p->mutex);
  for (;;) {
    while (p->generation == seen && !p->closing) pthread_cond_wait(&p->work, &p->mutex);
    if (p->closing) break;
    seen = p->generation;
    pthread_mutex_unlock(&p->mutex);
    take(p);
    pthread_mutex_lock(&p->mutex);
    if (--p->busy == 0) pthread_cond_signal(&p->done);
  }
  pthread_mutex_unlock(&p->mutex);
  return NULL;
}

ak_pool *ak_pool_new(int threads) {
  ak_pool *p = calloc(1, sizeof *p);
  pthread_mutex_init(&p->mutex, NULL);
  pthread_cond_init(&p->work, NULL);
  pthread_cond_init(&p->done, NULL);
  p->threads = calloc(threads, sizeof *p->threads);
  for (int i = 1; i < threads; i++)
    if (pthread_create(&p->threads[p->workers], NULL, worker, p) == 0) p->workers++;
  return p;
}

void ak_pool_free(ak_pool *p) {
  pthread_mutex_lock(&p->mutex);
  p->closing = true;
  pthread_cond_broadcast(&p->work);
  pthread_mutex_unlock(&p->mutex);
  for (int i = 0; i < p->workers; i++) pthread_join(p->threads[i], NULL);
  pthread_cond_destroy(&p->work);
  pthread_cond_destroy(&p->done);
  pthread_mutex_destroy(&p->mutex);
  free(p->threads);
  free(p);
}

void ak_parallel(ak_pool *p, int n, void (*f)(void *, int), void *context) {
  if (p->workers == 0 || n < 2) {
    for (int i = 0; i < n; i++) f(context, i);
    return;
  }
  pthread_mutex_lock(&p->mutex);
  p->f = f, p->context = context, p->n = n;
  atomic_store(&p->next, 0);
  p->busy = p->workers;
  p->generation++;
  pthread_cond_broadcast(&p->work);
  pthread_mutex_unlock(&p->mutex);
  take(p);
  pthread_mutex_lock(&p->mutex);
  while (p->busy > 0) pthread_cond_wait(&p->done, &p->mutex);
  pthread_mutex_unlock(&p->mutex);
}
