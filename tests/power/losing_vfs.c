/* A storage layer that loses power.
**
** Every write is kept in memory until SQLite syncs the file. At the chosen operation the power goes: of what was not
** synced, a random subset of 512-byte sectors still reaches the file, in order; then the process kills itself.
** It can also fail instead of dying (disk full, input/output error). Reads see what was written, synced or not.
** The real file stands for the platter: it needs no fsync of its own, since only this process dies.
*/
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sqlite_abi.h"

#define SECTOR 512

typedef struct Op {
    struct Op *next;
    sqlite3_int64 offset; /* of a write; the new size of a truncation */
    int length;           /* of a write; -1 for a truncation */
    unsigned char data[];
} Op;

typedef struct Disk {
    struct Disk *next;
    char *path; /* NULL for a temporary file */
    Op *first, **last;
    struct LosingFile *handle; /* any open handle, to write through */
} Disk;

typedef struct LosingFile {
    sqlite3_file base;
    Disk *disk;
    struct LosingFile *sibling; /* other open handles of the same disk */
    sqlite3_file *real;
} LosingFile;

static sqlite3_vfs losing_vfs;
static sqlite3_vfs *under;
static Disk *disks;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static sqlite3_int64 operations, cut_at = -1, fail_at = -1, fail_for;
static int fail_with;
static unsigned keep_permille = 500;
static unsigned long long seed = 1;

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators" (2016) */
static unsigned dice(void) {
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (unsigned)((seed * 2685821657736338717ULL) >> 33) % 1000;
}

void losing_arm(sqlite3_int64 at, unsigned long long chance, unsigned keep) {
    pthread_mutex_lock(&gate);
    operations = 0;
    cut_at = at;
    seed = chance * 2 + 1;
    keep_permille = keep;
    pthread_mutex_unlock(&gate);
}

void losing_fail(sqlite3_int64 at, sqlite3_int64 count, int code) {
    pthread_mutex_lock(&gate);
    operations = 0;
    fail_at = at;
    fail_for = count;
    fail_with = code;
    pthread_mutex_unlock(&gate);
}

sqlite3_int64 losing_operations(void) { return operations; }

static int flush_sectors(Disk *disk, const Op *op) {
    int done = 0;
    while (done < op->length) {
        sqlite3_int64 at = op->offset + done;
        int part = SECTOR - (int)(at % SECTOR);
        if (part > op->length - done) part = op->length - done;
        if (dice() < keep_permille) {
            sqlite3_file *real = disk->handle->real;
            real->pMethods->xWrite(real, op->data + done, part, at);
        }
        done += part;
    }
    return SQLITE_OK;
}

static void power_cut(void) {
    for (Disk *disk = disks; disk; disk = disk->next) {
        if (!disk->handle) continue;
        for (Op *op = disk->first; op; op = op->next) {
            sqlite3_file *real = disk->handle->real;
            if (op->length >= 0) flush_sectors(disk, op);
            else if (dice() < keep_permille) real->pMethods->xTruncate(real, op->offset);
        }
    }
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Counts one operation; answers the error that it is to fail with, if any. */
static int tick(void) {
    sqlite3_int64 now = ++operations;
    if (cut_at > 0 && now >= cut_at) power_cut();
    if (fail_at > 0 && now >= fail_at && now < fail_at + fail_for) return fail_with;
    return SQLITE_OK;
}

static void forget(Disk *disk) {
    while (disk->first) {
        Op *op = disk->first;
        disk->first = op->next;
        free(op);
    }
    disk->last = &disk->first;
}

static int remember(Disk *disk, sqlite3_int64 offset, int length, const void *data) {
    Op *op = malloc(sizeof(Op) + (length > 0 ? (size_t)length : 0));
    if (!op) return SQLITE_NOMEM;
    op->next = NULL;
    op->offset = offset;
    op->length = length;
    if (length > 0) memcpy(op->data, data, (size_t)length);
    *disk->last = op;
    disk->last = &op->next;
    return SQLITE_OK;
}

static int flush(Disk *disk) {
    for (Op *op = disk->first; op; op = op->next) {
        sqlite3_file *real = disk->handle->real;
        int rc = op->length >= 0 ? real->pMethods->xWrite(real, op->data, op->length, op->offset)
                                 : real->pMethods->xTruncate(real, op->offset);
        if (rc) return rc;
    }
    forget(disk);
    return SQLITE_OK;
}

static int size_of(LosingFile *file, sqlite3_int64 *size) {
    int rc = file->real->pMethods->xFileSize(file->real, size);
    for (Op *op = file->disk->first; op && !rc; op = op->next) {
        if (op->length < 0) *size = op->offset < *size ? op->offset : *size;
        else if (op->offset + op->length > *size) *size = op->offset + op->length;
    }
    return rc;
}

static int losing_close(sqlite3_file *base) {
    LosingFile *file = (LosingFile *)base;
    pthread_mutex_lock(&gate);
    Disk *disk = file->disk;
    if (disk->path == NULL) forget(disk);
    /* What was not synced stays at risk after closing too, unless no handle is left that could write it. */
    LosingFile **place = &disk->handle;
    if (disk->handle == file && file->sibling == NULL) flush(disk);
    while (*place && *place != file) place = &(*place)->sibling;
    if (*place) *place = file->sibling;
    pthread_mutex_unlock(&gate);
    return file->real->pMethods->xClose(file->real);
}

static int losing_read(sqlite3_file *base, void *buffer, int amount, sqlite3_int64 offset) {
    LosingFile *file = (LosingFile *)base;
    pthread_mutex_lock(&gate);
    sqlite3_int64 size = 0;
    int rc = size_of(file, &size);
    if (!rc) {
        rc = file->real->pMethods->xRead(file->real, buffer, amount, offset);
        if (rc == SQLITE_IOERR_SHORT_READ) rc = SQLITE_OK; /* xRead has filled the rest with zeros */
    }
    for (Op *op = file->disk->first; op && !rc; op = op->next) {
        sqlite3_int64 from = op->offset > offset ? op->offset : offset;
        sqlite3_int64 to = op->length < 0 ? offset + amount : op->offset + op->length;
        if (to > offset + amount) to = offset + amount;
        if (from >= to) continue;
        unsigned char *target = (unsigned char *)buffer + (from - offset);
        if (op->length < 0) memset(target, 0, (size_t)(to - from));
        else memcpy(target, op->data + (from - op->offset), (size_t)(to - from));
    }
    if (!rc && offset + amount > size) rc = SQLITE_IOERR_SHORT_READ;
    pthread_mutex_unlock(&gate);
    return rc;
}

static int losing_write(sqlite3_file *base, const void *data, int amount, sqlite3_int64 offset) {
    LosingFile *file = (LosingFile *)base;
    pthread_mutex_lock(&gate);
    int rc = tick();
    if (!rc) rc = remember(file->disk, offset, amount, data);
    pthread_mutex_unlock(&gate);
    return rc;
}

static int losing_truncate(sqlite3_file *base, sqlite3_int64 size) {
    LosingFile *file = (LosingFile *)base;
    pthread_mutex_lock(&gate);
    int rc = tick();
    if (!rc) rc = remember(file->disk, size, -1, NULL);
    pthread_mutex_unlock(&gate);
    return rc;
}

static int losing_sync(sqlite3_file *base, int flags) {
    LosingFile *file = (LosingFile *)base;
    (void)flags;
    pthread_mutex_lock(&gate);
    int rc = tick();
    if (!rc) rc = flush(file->disk);
    pthread_mutex_unlock(&gate);
    return rc;
}

static int losing_size(sqlite3_file *base, sqlite3_int64 *size) {
    pthread_mutex_lock(&gate);
    int rc = size_of((LosingFile *)base, size);
    pthread_mutex_unlock(&gate);
    return rc;
}

#define REAL(base) (((LosingFile *)(base))->real)
static int losing_lock(sqlite3_file *f, int level) { return REAL(f)->pMethods->xLock(REAL(f), level); }
static int losing_unlock(sqlite3_file *f, int level) { return REAL(f)->pMethods->xUnlock(REAL(f), level); }
static int losing_reserved(sqlite3_file *f, int *out) { return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out); }
static int losing_control(sqlite3_file *f, int op, void *arg) {
    if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_NOTFOUND;
    return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}
static int losing_sector(sqlite3_file *f) { return REAL(f)->pMethods->xSectorSize(REAL(f)); }
static int losing_device(sqlite3_file *f) { return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f)); }
static int losing_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out) {
    return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, out);
}
static int losing_shm_lock(sqlite3_file *f, int at, int n, int flags) {
    return REAL(f)->pMethods->xShmLock(REAL(f), at, n, flags);
}
static void losing_shm_barrier(sqlite3_file *f) { REAL(f)->pMethods->xShmBarrier(REAL(f)); }
static int losing_shm_unmap(sqlite3_file *f, int erase) { return REAL(f)->pMethods->xShmUnmap(REAL(f), erase); }

static const sqlite3_io_methods losing_methods = {
    2,
    losing_close,
    losing_read,
    losing_write,
    losing_truncate,
    losing_sync,
    losing_size,
    losing_lock,
    losing_unlock,
    losing_reserved,
    losing_control,
    losing_sector,
    losing_device,
    losing_shm_map,
    losing_shm_lock,
    losing_shm_barrier,
    losing_shm_unmap,
};

static Disk *disk_of(const char *path) {
    for (Disk *disk = path ? disks : NULL; disk; disk = disk->next)
        if (disk->path && strcmp(disk->path, path) == 0) return disk;
    Disk *disk = calloc(1, sizeof(Disk));
    if (!disk) return NULL;
    disk->path = path ? strdup(path) : NULL;
    disk->last = &disk->first;
    disk->next = disks;
    disks = disk;
    return disk;
}

static int losing_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags) {
    LosingFile *file = (LosingFile *)base;
    (void)vfs;
    memset(file, 0, sizeof(*file));
    file->real = (sqlite3_file *)(file + 1);
    int rc = under->xOpen(under, path, file->real, flags, out_flags);
    if (rc) return rc;
    pthread_mutex_lock(&gate);
    file->disk = disk_of(path);
    if (file->disk) {
        file->sibling = file->disk->handle;
        file->disk->handle = file;
        file->base.pMethods = &losing_methods;
    }
    pthread_mutex_unlock(&gate);
    if (file->disk) return SQLITE_OK;
    file->real->pMethods->xClose(file->real);
    return SQLITE_NOMEM;
}

static int losing_delete(sqlite3_vfs *vfs, const char *path, int sync_directory) {
    (void)vfs;
    pthread_mutex_lock(&gate);
    int rc = tick();
    if (!rc) rc = under->xDelete(under, path, sync_directory);
    for (Disk *disk = disks; disk && !rc; disk = disk->next)
        if (disk->path && strcmp(disk->path, path) == 0) forget(disk);
    pthread_mutex_unlock(&gate);
    return rc;
}

/* The extension's entry point: puts this layer in front of the default one, for every file opened later. */
int sqlite3_losingvfs_init(sqlite3 *db, char **message, void *const *api) {
    (void)db;
    (void)message;
    sqlite3_vfs *(*find)(const char *) = (sqlite3_vfs * (*)(const char *)) api[API_VFS_FIND];
    int (*enlist)(sqlite3_vfs *, int) = (int (*)(sqlite3_vfs *, int))api[API_VFS_REGISTER];
    if (under) return SQLITE_OK_LOAD_PERMANENTLY;
    under = find(NULL);
    losing_vfs = *under;
    losing_vfs.pNext = NULL;
    losing_vfs.zName = "losing";
    losing_vfs.szOsFile = (int)sizeof(LosingFile) + under->szOsFile;
    losing_vfs.xOpen = losing_open;
    losing_vfs.xDelete = losing_delete;
    int rc = enlist(&losing_vfs, 1);
    return rc ? rc : SQLITE_OK_LOAD_PERMANENTLY;
}
