/* What listens on port 22 or 443 in the lab listens on another port where these cannot be had: they are
 * root's, and the machine's own sshd may have the first. Programs connect to the usual ports all the
 * same, so connections within the lab are led to the others: LAB_PORTS says which, like
 * "22=10022 443=10443". Only 127.0.0.1 is left alone, for it is the machine's own. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned usual[2], real[2];

__attribute__((constructor)) static void read_ports(void) {
    const char *ports = getenv("LAB_PORTS");
    if (ports)
        sscanf(ports, "%u=%u %u=%u", &usual[0], &real[0], &usual[1], &real[1]);
}

static in_port_t led(in_port_t port) {
    for (int i = 0; i < 2; i++)
        if (usual[i] && ntohs(port) == usual[i])
            return htons(real[i]);
    return port;
}

static int is_of_lab(uint32_t address) {
    return ntohl(address) >> 24 == 127 && ntohl(address) != INADDR_LOOPBACK;
}

int connect(int descriptor, const struct sockaddr *address, socklen_t length) {
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (length >= sizeof v4 && address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        if (is_of_lab(v4.sin_addr.s_addr))
            v4.sin_port = led(v4.sin_port);
        return syscall(SYS_connect, descriptor, &v4, sizeof v4);
    }
    if (length >= sizeof v6 && address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        if (IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr))
            v6.sin6_port = led(v6.sin6_port);
        return syscall(SYS_connect, descriptor, &v6, sizeof v6);
    }
    return syscall(SYS_connect, descriptor, address, length);
}
