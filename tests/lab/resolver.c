#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* LAB_RESOLVER_SECONDS is how long the resolver takes for a name. ssh tells names from addresses by
 * AI_NUMERICHOST, which asks nobody. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **found) {
    int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    const char *seconds = getenv("LAB_RESOLVER_SECONDS");
    unsigned char address[16];
    int is_address = !name || (hints && hints->ai_flags & AI_NUMERICHOST) ||
                     inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
    *(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
    if (seconds && !is_address && strcmp(name, "localhost"))
        sleep(strtoul(seconds, NULL, 10));
    return next(name, service, hints, found);
}

/* libnss_wrapper reads its files when it is asked first, and is not made for several threads that
 * ask first at the same time: memory is then freed twice. So one of them asks before the others
 * are there. Of the lab's programs only ours have threads that look up names. */
__attribute__((constructor)) static void ask(void) {
    const char *name = program_invocation_short_name;
    if (strcmp(name, "mssh") && strcmp(name, "msftp") && strcmp(name, "mscp"))
        return;
    struct addrinfo *found;
    if (getaddrinfo("localhost", NULL, NULL, &found) == 0)
        freeaddrinfo(found);
}
