// A load in exact amounts, for tests that compare crunchstat's numbers with it.
//
//   load burn SECONDS               uses that much CPU time
//   load bursts COUNT MICROSECONDS  uses CPU time in bursts shorter than a tick, a millisecond of sleep after each
//   load touch MIB SECONDS          touches that much memory and holds it
//
// Prints the CPU time, in seconds, that it took by the kernel's exact account of it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double used(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

// Looking at the clock is a system call: `rounds` keeps the looks few against the work between them.
static void burn(double seconds, int rounds) {
    volatile unsigned work = 0;
    for (double end = used() + seconds; used() < end;)
        for (int i = 0; i < rounds; i++) work += i;
}

int main(int count, char **word) {
    if (count == 3 && !strcmp(word[1], "burn")) {
        burn(atof(word[2]), 2000000);
    } else if (count == 4 && !strcmp(word[1], "bursts")) {
        for (int i = atoi(word[2]); i > 0; i--) {
            burn(atof(word[3]) / 1e6, 5000);
            usleep(1000);
        }
    } else if (count == 4 && !strcmp(word[1], "touch")) {
        size_t size = (size_t)atol(word[2]) << 20;
        volatile char *memory = malloc(size);
        if (!memory) return 3;
        for (size_t i = 0; i < size; i += 4096) memory[i] = 1;
        usleep(atof(word[3]) * 1e6);
    } else {
        return 2;
    }
    printf("%.6f\n", used());
    return 0;
}
