package io.flocker.agent.backup;

import io.flocker.agent.backup.store.Store;
import io.flocker.agent.backup.store.Stores;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.client.api.Backups;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this node does with destinations of backups, in the background: each in a thread of its
/// own. Of those that move data, [#MOST_AT_ONCE] at once; others wait. One that the daemon's end
/// cuts off is as if it had never begun.
public final class Errands implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Errands.class);

    /// Each holds a chunk twice, and the daemon's memory is small.
    private static final int MOST_AT_ONCE = 2;

    private static final int MOST_WAITING = 20;

    /// So many that have ended are remembered.
    private static final int MOST_REMEMBERED = 100;

    private static final long CLEAR_AWAY_TRIES = 600;
    private static final long CLEAR_AWAY_PAUSE_MILLIS = 1_000;

    private final VolumeDriver volumes;
    private final Stores stores;
    private final Notices notices;
    private final String node;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE, true);
    private final Map<Long, Errand> errands = new ConcurrentSkipListMap<>();
    /// Tells the numbers of this daemon's errands apart from those of the one before it.
    private final AtomicLong numbers = new AtomicLong(System.currentTimeMillis());

    private final Thread clearing;

    /// @param node this node's name
    public Errands(VolumeDriver volumes, Stores stores, Notices notices, String node) throws IOException {
        this.volumes = volumes;
        this.stores = stores;
        this.notices = notices;
        this.node = node;
        List<String> left = RestoreWork.left(volumes);
        clearing = Thread.ofVirtual().name("restores").start(() -> clearAway(left));
    }

    private void clearAway(List<String> left) {
        for (int attempt = 0; !left.isEmpty() && attempt < CLEAR_AWAY_TRIES; attempt++) {
            try {
                for (String staging : left) {
                    RestoreWork.clearAway(volumes, notices, staging);
                }
                log.atInfo().addKeyValue("restores", left).log("What a restore had left is gone");
                return;
            } catch (IOException e) {
                log.atDebug().addKeyValue("reason", e.getMessage()).log("Cannot clear away what a restore has left");
            } catch (InterruptedException e) {
                return;
            }
            try {
                Thread.sleep(CLEAR_AWAY_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /// It cannot be begun, or is not there.
    public static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        /// As in HTTP.
        public int status() {
            return status;
        }
    }

    /// Begins an errand.
    ///
    /// @throws Refused if one for the same thing is under way, or there are too many
    public synchronized Backups.Errand begin(Backups.Order order) throws Refused {
        var errand = new Errand(numbers.incrementAndGet(), order);
        List<Errand> running = errands.values().stream()
                .filter(each -> each.endedAtMillis == 0)
                .toList();
        Optional<Errand> same = running.stream()
                .filter(each -> !errand.claim.isEmpty() && each.claim.equals(errand.claim))
                .findFirst();
        if (same.isPresent()) {
            throw new Refused(
                    409,
                    "There is a " + same.get().verb + " of " + same.get().subject + " under way: "
                            + same.get().name() + "; follow it with flocker backup show "
                            + same.get().name() + ", end it with flocker backup cancel "
                            + same.get().name());
        }
        if (running.size() >= MOST_AT_ONCE + MOST_WAITING) {
            throw new Refused(
                    409,
                    "Node " + node + " has " + running.size() + " backups and restores under way"
                            + " already; try again when some of them are done");
        }
        errands.put(errand.number, errand);
        forgetOld();
        errand.thread.start();
        return errand.told();
    }

    private void forgetOld() {
        List<Errand> ended =
                errands.values().stream().filter(each -> each.endedAtMillis > 0).toList();
        ended.stream().limit(Math.max(0, ended.size() - MOST_REMEMBERED)).forEach(each -> errands.remove(each.number));
    }

    /// How an errand is.
    ///
    /// @param waitSeconds how long to wait for its end
    public Backups.Errand look(String number, int waitSeconds) throws Refused, InterruptedException {
        Errand errand = find(number);
        errand.thread.join(Duration.ofSeconds(waitSeconds));
        return errand.told();
    }

    /// Ends an errand. What it had done so far is deleted.
    public Backups.Errand cancel(String number) throws Refused {
        Errand errand = find(number);
        errand.thread.interrupt();
        return errand.told();
    }

    private Errand find(String number) throws Refused {
        Optional<Errand> found = number.matches("[0-9]{1,18}")
                ? Optional.ofNullable(errands.get(Long.parseLong(number)))
                : Optional.empty();
        return found.orElseThrow(() -> new Refused(
                404,
                "Node " + node + " knows nothing of " + node + "/" + number + ": its daemon was started again since,"
                        + " which ends what is under way; flocker backup ls shows whether the backup is there. If it"
                        + " is not, begin it again"));
    }

    @Override
    public void close() {
        clearing.interrupt();
        errands.values().forEach(errand -> errand.thread.interrupt());
        for (Errand errand : errands.values()) {
            try {
                // A moment to delete what it has half made.
                errand.thread.join(Duration.ofSeconds(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /// One of them.
    private final class Errand {
        private final long number;
        private final String verb;
        private final String subject;
        private final String by;
        private final String claim;
        private final Progress progress;
        private final long startedAtMillis = System.currentTimeMillis();
        private final Thread thread;
        /// Gone when it has ended: it has the key and credentials in it.
        private volatile Optional<Backups.Task> task;

        private volatile long endedAtMillis;
        private volatile String error = "";

        Errand(long number, Backups.Order order) {
            this.number = number;
            verb = verb(order.task());
            subject = subject(order.task());
            by = order.by();
            claim = switch (order.task()) {
                case Backups.MakeTask make when !make.rehearsed() -> "backup " + make.volume();
                case Backups.RestoreTask restore when !restore.rehearsed() -> "restore " + subject;
                default -> "";
            };
            progress = new Progress(rate(order.task()));
            task = Optional.of(order.task());
            thread = Thread.ofVirtual().name("errand " + number).unstarted(this::run);
        }

        String name() {
            return node + "/" + number;
        }

        private void run() {
            boolean placed = false;
            try {
                Backups.Task ordered = task.orElseThrow();
                if (movesData(ordered)) {
                    await(ordered);
                    placed = true;
                }
                work(ordered);
            } catch (InterruptedException e) {
                error = "Cancelled";
            } catch (IOException e) {
                error = Thread.interrupted() ? "Cancelled" : String.valueOf(e.getMessage());
            } catch (RuntimeException e) {
                error = "A bug: " + e;
                log.atError().setCause(e).log("An errand failed by a bug");
            } finally {
                if (placed) {
                    places.release();
                }
                task = Optional.empty();
                endedAtMillis = System.currentTimeMillis();
                log.atInfo()
                        .addKeyValue("errand", name())
                        .addKeyValue("verb", verb)
                        .addKeyValue("subject", subject)
                        .addKeyValue("bytes", progress.meter().doneBytes())
                        .addKeyValue("millis", endedAtMillis - startedAtMillis)
                        .addKeyValue("error", error)
                        .log(error.isEmpty() ? "Errand done" : "Errand failed");
            }
        }

        /// One that is cancelled while it waits has a snapshot already that was taken for it.
        private void await(Backups.Task ordered) throws InterruptedException {
            try {
                places.acquire();
            } catch (InterruptedException e) {
                if (ordered instanceof Backups.MakeTask make) {
                    settle(failed(make));
                }
                throw e;
            }
        }

        private static Backups.Made failed(Backups.MakeTask make) {
            return new Backups.Made(make.volume(), make.label(), make.position(), List.of());
        }

        private void work(Backups.Task ordered) throws IOException, InterruptedException {
            if (ordered instanceof Backups.MakeTask make) {
                make(make);
                return;
            }
            try (Store store = stores.open(ordered.destination())) {
                switch (ordered) {
                    case Backups.RestoreTask restore ->
                        new RestoreWork(volumes, node, notices, restore, progress).run(store);
                    case Backups.CheckTask check -> new CheckWork(check, progress).run(store);
                    case Backups.DeleteTask delete -> new DeleteWork(delete, progress).run(store);
                    case Backups.LookTask look -> look(look, store);
                    case Backups.MakeTask _ -> throw new IllegalStateException("It was made");
                }
            }
        }

        private void look(Backups.LookTask look, Store store) throws IOException {
            Catalogue catalogue =
                    Catalogue.of(store, Seal.key(look.destination().keyBase64()));
            catalogue.refuseIfNoneIsReadable();
            catalogue.complaints().forEach(progress::tell);
            progress.found(catalogue.all().stream().map(catalogue::told).toList());
        }

        /// The snapshot was taken for this, and goes if it comes to nothing.
        private void make(Backups.MakeTask make) throws IOException, InterruptedException {
            Optional<Backups.Made> made = Optional.empty();
            try (Store store = stores.open(make.destination())) {
                var work = new BackupWork(volumes, make, progress, store);
                if (make.rehearsed()) {
                    work.rehearse();
                } else {
                    made = Optional.of(work.run());
                }
            } finally {
                if (!make.rehearsed()) {
                    settle(made.orElse(failed(make)));
                }
            }
        }

        private void settle(Backups.Made made) throws InterruptedException {
            boolean interrupted = Thread.interrupted();
            try {
                // A volume that was deleted meanwhile is out of sight, but a pool keeps what is being read.
                if (volumes.find(made.volume()).isEmpty()) {
                    volumes.delete(made.volume());
                }
                notices.made(made);
            } catch (IOException e) {
                progress.tell("Snapshots for backups that are needed no more are still there: " + e.getMessage());
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        Backups.Errand told() {
            long ended = endedAtMillis;
            String state =
                    ended == 0 ? Backups.Errand.RUNNING : error.isEmpty() ? Backups.Errand.DONE : Backups.Errand.FAILED;
            return new Backups.Errand(
                    name(),
                    verb,
                    subject,
                    by,
                    state,
                    progress.meter().doneBytes(),
                    progress.totalBytes(),
                    startedAtMillis,
                    ended,
                    error,
                    progress.told(),
                    progress.backups());
        }
    }

    private static String verb(Backups.Task task) {
        return switch (task) {
            case Backups.MakeTask _ -> "backup";
            case Backups.RestoreTask _ -> "restore";
            case Backups.LookTask _ -> "look";
            case Backups.CheckTask _ -> "verify";
            case Backups.DeleteTask _ -> "delete";
        };
    }

    /// What a task is about. Of an address only what is not after a question mark: there may be a
    /// secret that does not belong there.
    private static String subject(Backups.Task task) {
        return switch (task) {
            case Backups.MakeTask make -> make.name();
            case Backups.RestoreTask restore ->
                restore.restore().environment() + "/" + restore.restore().volume();
            case Backups.LookTask _, Backups.CheckTask _, Backups.DeleteTask _ ->
                task.destination().url().replaceFirst("\\?.*", "");
        };
    }

    private static boolean movesData(Backups.Task task) {
        return switch (task) {
            case Backups.MakeTask _, Backups.RestoreTask _ -> !task.rehearsed();
            case Backups.CheckTask _ -> true;
            case Backups.LookTask _, Backups.DeleteTask _ -> false;
        };
    }

    private static long rate(Backups.Task task) {
        return switch (task) {
            case Backups.MakeTask make -> make.make().bytesPerSecond();
            case Backups.RestoreTask restore -> restore.restore().bytesPerSecond();
            case Backups.CheckTask check -> check.check().bytesPerSecond();
            case Backups.LookTask _, Backups.DeleteTask _ -> 0;
        };
    }

    /// How long [#look] waits at most.
    public static final int MOST_WAIT_SECONDS = (int) TimeUnit.MINUTES.toSeconds(1);
}
