/* What a process does to its database's files, written down; and a disk that is full, read-only or broken while a file says so.
 *
 * Loaded before the C library (LD_PRELOAD) by tests only. A record stands in the log before a write is done and after a sync is,
 * so that whoever replays it can tell what a power cut would have left: what was synced, and nothing or some of the rest.
 * The shared-memory index beside the log is not written down: nobody needs it after a cut. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { WRITE = 1, TRUNCATE = 2, SYNC = 3, UNLINK = 4 };
struct record { uint32_t kind, name_bytes; uint64_t offset, bytes; };

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static const char *DATABASE = "sqlite_key_value.db";

static const char *tracked_name(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (strncmp(name, DATABASE, strlen(DATABASE)) != 0) return NULL;
    const char *rest = name + strlen(DATABASE);
    if (!strcmp(rest, "") || !strcmp(rest, "-wal") || !strcmp(rest, "-journal")) return name;
    return NULL;
}

static const char *name_of(int fd, char *path, size_t room) {
    char link[40] = "/proc/self/fd/";
    char digits[12];
    int length = 0, number = fd;
    if (fd < 3) return NULL;
    do { digits[length++] = (char)('0' + number % 10); number /= 10; } while (number > 0);
    size_t at = strlen(link);
    while (length > 0) link[at++] = digits[--length];
    link[at] = 0;
    ssize_t got = readlink(link, path, room - 1);
    if (got <= 0) return NULL;
    path[got] = 0;
    return tracked_name(path);
}

static void put(int log, const void *bytes, size_t count) {
    const char *from = bytes;
    while (count > 0) {
        ssize_t done = syscall(SYS_write, log, from, count);
        if (done <= 0) abort(); /* A log with holes would prove nothing. */
        from += done;
        count -= (size_t)done;
    }
}

static void record(uint32_t kind, const char *name, uint64_t offset, const void *data, uint64_t bytes) {
    static int log = -1;
    const char *path = getenv("TIERLINE_DISK_LOG");
    if (!path) return;
    if (log < 0) log = (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0) abort();
    struct record head = { kind, (uint32_t)strlen(name), offset, bytes };
    put(log, &head, sizeof head);
    put(log, name, head.name_bytes);
    if (kind == WRITE) put(log, data, bytes);
}

/* What is wrong with the disk now: the first letter of the file that says so. */
static int trouble(void) {
    const char *path = getenv("TIERLINE_DISK_TROUBLE");
    char letter = 0;
    if (!path) return 0;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t got = syscall(SYS_read, fd, &letter, 1);
    syscall(SYS_close, fd);
    if (got != 1) return 0;
    return letter == 'f' ? ENOSPC : letter == 'r' ? EROFS : letter == 'i' ? EIO : 0;
}

static ssize_t write_at(int fd, const void *data, size_t bytes, off_t offset, int has_offset) {
    char path[4096];
    const char *name = name_of(fd, path, sizeof path);
    if (!name) return has_offset ? syscall(SYS_pwrite64, fd, data, bytes, offset) : syscall(SYS_write, fd, data, bytes);
    int why = trouble();
    if (why) { errno = why; return -1; }
    pthread_mutex_lock(&one_at_a_time);
    off_t at = has_offset ? offset : lseek(fd, 0, SEEK_CUR);
    record(WRITE, name, (uint64_t)at, data, bytes);
    ssize_t done = has_offset ? syscall(SYS_pwrite64, fd, data, bytes, offset) : syscall(SYS_write, fd, data, bytes);
    int kept = errno;
    pthread_mutex_unlock(&one_at_a_time);
    errno = kept;
    return done;
}

ssize_t write(int fd, const void *data, size_t bytes) { return write_at(fd, data, bytes, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset) { return write_at(fd, data, bytes, offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t offset) { return write_at(fd, data, bytes, offset, 1); }

static int truncate_to(int fd, off_t length) {
    char path[4096];
    const char *name = name_of(fd, path, sizeof path);
    if (name) record(TRUNCATE, name, (uint64_t)length, NULL, 0);
    return (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate(int fd, off_t length) { return truncate_to(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncate_to(fd, length); }

static int sync_with(long call, int fd) {
    char path[4096];
    const char *name = name_of(fd, path, sizeof path);
    pthread_mutex_lock(&one_at_a_time);
    int outcome = (int)syscall(call, fd);
    int kept = errno;
    if (name && outcome == 0) record(SYNC, name, 0, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    errno = kept;
    return outcome;
}

int fsync(int fd) { return sync_with(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_with(SYS_fdatasync, fd); }

int unlink(const char *path) {
    const char *name = tracked_name(path);
    if (name) record(UNLINK, name, 0, NULL, 0);
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
