/* libnss_wrapper reads its files when it is asked first, and is not made for several threads that
 * ask first at the same time: memory is then freed twice. So one of them asks before the others
 * are there. Of the lab's programs only ours have threads that look up names. */

#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>

__attribute__((constructor)) static void ask(void) {
    const char *name = program_invocation_short_name;
    if (strcmp(name, "mssh") && strcmp(name, "msftp") && strcmp(name, "mscp"))
        return;
    struct addrinfo *found;
    if (getaddrinfo("localhost", NULL, NULL, &found) == 0)
        freeaddrinfo(found);
}
