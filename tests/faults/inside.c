/* Goes before libc in the server's process (LD_PRELOAD) and makes two faults there, as the folder
 * $FAULTS_INSIDE says:
 *
 * - "flush" or "write" is there: the next flush of the write-ahead log, or write to it, renames that
 *   file to "failing", waits until it is removed, and fails with EIO. Once; the next one works again,
 *   as it does on Linux.
 * - "offset" holds an int64: by so many seconds the wall clock is wrong. Changes show at once.
 *
 * See inside.rs, which compiles it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const char *folder;
static const volatile int64_t *offset;

static void in_folder(char path[PATH_MAX], const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", folder, name);
}

__attribute__((constructor)) static void begin(void)
{
	char path[PATH_MAX];
	folder = getenv("FAULTS_INSIDE");
	if (!folder)
		return;
	in_folder(path, "offset");
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *offset, PROT_READ, MAP_SHARED, fd, 0);
	if (map != MAP_FAILED)
		offset = map;
	if (fd >= 0)
		close(fd);
	in_folder(path, "loaded");
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
}

static int is_log(int fd)
{
	char link[64], path[PATH_MAX];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof path);
	return length > 4 && memcmp(path + length - 4, "-wal", 4) == 0;
}

/* Whether this call is the one that fails. */
static int fails(const char *what, int fd)
{
	char asked[PATH_MAX], failing[PATH_MAX];
	if (!folder || !is_log(fd))
		return 0;
	in_folder(asked, what);
	in_folder(failing, "failing");
	if (rename(asked, failing) != 0)
		return 0;
	while (access(failing, F_OK) == 0)
		usleep(1000);
	errno = EIO;
	return 1;
}

int fdatasync(int fd)
{
	return fails("flush", fd) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
	return fails("flush", fd) ? -1 : (int)syscall(SYS_fsync, fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
	return fails("write", fd) ? -1 : syscall(SYS_pwrite64, fd, bytes, size, at);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int result = (int)syscall(SYS_clock_gettime, clock, now);
	if (result == 0 && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		now->tv_sec += *offset;
	return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	int result = (int)syscall(SYS_gettimeofday, now, zone);
	if (result == 0 && offset)
		now->tv_sec += *offset;
	return result;
}

time_t time(time_t *kept)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (kept)
		*kept = now.tv_sec;
	return now.tv_sec;
}
