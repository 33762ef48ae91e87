// Says which signals arrive: "ready", then a line each with the number and, where
// sigqueue(3) sent it, the value. Ends with status 9 at SIGRTMAX, which comes after all others
// that are pending. With an argument N: with status 0 after N signals, and a line that says N.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words) {
  long wanted = count > 1 ? atol(words[1]) : 0, taken = 0;
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  puts("ready");
  fflush(stdout);
  for (;;) {
    siginfo_t info;
    int number = sigwaitinfo(&all, &info);
    if (number < 0) continue;
    taken++;
    if (!wanted) {
      if (info.si_code == SI_QUEUE) printf("%d %d\n", number, info.si_value.sival_int);
      else printf("%d\n", number);
    } else if (taken == wanted) {
      printf("%ld\n", taken);
    }
    fflush(stdout);
    if (wanted ? taken == wanted : number == SIGRTMAX) return wanted ? 0 : 9;
  }
}
