// Runs a command in a control group namespace of its own, which busybox's unshare can't make.
//
//   cgroup-namespace COMMAND [WORDS...]
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

int main(int count, char **words) {
    if (count < 2 || unshare(CLONE_NEWCGROUP) != 0) {
        perror("unshare");
        return 125;
    }
    execvp(words[1], words + 1);
    perror(words[1]);
    return 127;
}
