package io.londiste.jmx;

import io.londiste.definition.Creation;
import io.londiste.digest.Compare;
import io.londiste.error.LondisteException;
import io.londiste.repair.Repair;
import io.londiste.subscriber.AddOptions;
import io.londiste.subscriber.Declaration;
import io.londiste.subscriber.ForeignKey;
import io.londiste.subscriber.Subscriber;
import io.londiste.subscriber.Trigger;
import io.londiste.sync.SyncOptions;
import io.londiste.table.Selection;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.management.openmbean.CompositeData;

final class SubscriberBean implements SubscriberMBean {
    private static final int JOBS = 2;
    private static final int MAX_JOBS = 8;

    private final BeanContext context;
    private final Comparisons comparisons;

    SubscriberBean(BeanContext context, Comparisons comparisons) {
        this.context = context;
        this.comparisons = comparisons;
    }

    private Subscriber subscriber() {
        return context.databases().subscriber();
    }

    private String[] run(Consumer<Subscriber> command) {
        return context.run(subscriber(), command);
    }

    @Override
    public String getDatabase() {
        return context.databases().second().toString();
    }

    @Override
    public String getServerVersion() {
        return context.state().second().version();
    }

    @Override
    public String getError() {
        return context.state().second().error();
    }

    @Override
    public Date getAsOf() {
        var age = context.state().second().age();
        return age == null ? null : Date.from(Instant.now().minus(age));
    }

    @Override
    public boolean isStale() {
        return context.state().second().isStale();
    }

    @Override
    public long getPendingForeignKeys() {
        return context.state().progress().pendingForeignKeys();
    }

    @Override
    public long getPendingTriggers() {
        return context.state().progress().pendingTriggers();
    }

    @Override
    public String[] install() {
        return run(Subscriber::install);
    }

    @Override
    public String[] add(
            String tables,
            boolean all,
            boolean force,
            boolean expectSync,
            boolean skipTruncate,
            boolean denyWrites,
            String destTable,
            String where,
            String columns,
            String set,
            String create,
            String ops,
            String shard,
            String applyFn,
            String partitionBy,
            String retention) {
        var selection = NameArgument.of(tables, all);
        var options = new AddOptions(
                force,
                expectSync,
                skipTruncate,
                denyWrites,
                Creation.of(create),
                Declaration.of(
                        given(destTable),
                        given(where),
                        columns,
                        assignments(set),
                        ops,
                        given(shard),
                        given(applyFn),
                        given(partitionBy),
                        given(retention)));
        return run(subscriber -> subscriber.add(selection, options));
    }

    @Override
    public String[] remove(String tables, boolean all) {
        var selection = NameArgument.of(tables, all);
        return run(subscriber -> subscriber.remove(selection));
    }

    @Override
    public String[] resync(String tables, boolean all) {
        var selection = NameArgument.of(tables, all);
        return run(subscriber -> subscriber.resync(selection));
    }

    @Override
    public String[] retry(String tables, boolean all) {
        var selection = NameArgument.of(tables, all);
        return run(subscriber -> subscriber.retry(selection));
    }

    @Override
    public String[] addSequences(String sequences, boolean all) {
        var selection = NameArgument.of(sequences, all);
        return run(subscriber -> subscriber.sequences().add(selection));
    }

    @Override
    public String[] removeSequences(String sequences, boolean all) {
        var selection = NameArgument.of(sequences, all);
        return run(subscriber -> subscriber.sequences().remove(selection));
    }

    @Override
    public CompositeData[] tables() {
        return Composites.of(subscriber().tables());
    }

    @Override
    public CompositeData[] sequences() {
        return Composites.of(subscriber().sequences().list());
    }

    @Override
    public CompositeData[] missing() {
        return Composites.of(subscriber().missing());
    }

    @Override
    public CompositeData[] check() {
        return Composites.of(subscriber().check());
    }

    @Override
    public CompositeData[] foreignKeys(String which) {
        return chosen(which, subscriber().foreignKeys(), ForeignKey::status);
    }

    @Override
    public CompositeData[] triggers(String which) {
        return chosen(which, subscriber().triggers(), Trigger::status);
    }

    private static <T extends Record> CompositeData[] chosen(String which, List<T> things, Function<T, String> status) {
        boolean all = which == null || which.isBlank() || which.equals("all");
        if (!all && !List.of("pending", "active").contains(which)) {
            throw new LondisteException("neither pending nor active nor all: " + which);
        }
        return Composites.of(things.stream()
                .filter(thing -> all || status.apply(thing).equals(which))
                .toList());
    }

    @Override
    public String[] restoreTriggers(String table, String triggers) {
        var names = Selection.split(triggers).stream().map(Selection::unquoted).toList();
        return run(subscriber -> subscriber.restoreTriggers(table, names));
    }

    @Override
    public String[] saveTriggers(String table) {
        return run(subscriber -> subscriber.saveTriggers(table));
    }

    @Override
    public CompositeData[] scripts() {
        return Composites.of(subscriber().scripts().list());
    }

    @Override
    public String[] skipScript(String script) {
        return run(subscriber -> subscriber.scripts().skip(script));
    }

    @Override
    public String[] register() {
        return run(Subscriber::register);
    }

    @Override
    public String[] unregister() {
        return run(Subscriber::unregister);
    }

    @Override
    public String compare(
            String tables, boolean all, boolean countOnly, boolean lock, boolean force, String where, int jobs) {
        var options = options(lock, force, where);
        return comparisons.compare(new Compare.Request(NameArgument.of(tables, all), options, countOnly), jobs(jobs));
    }

    @Override
    public String repair(
            String tables,
            boolean all,
            boolean apply,
            boolean transaction,
            boolean lock,
            boolean force,
            String where,
            int jobs) {
        var options = options(lock, force, where);
        return comparisons.repair(
                new Repair.Request(
                        NameArgument.of(tables, all), options, apply, transaction, Path.of(""), comparisons.job()),
                jobs(jobs));
    }

    private static SyncOptions options(boolean lock, boolean force, String where) {
        return new SyncOptions(lock, force, given(where));
    }

    /** Null for what is left empty. */
    private static String given(String text) {
        return text == null || text.isBlank() ? null : text;
    }

    /** Reads lines such as {@code email=md5(email)}. */
    private static Map<String, String> assignments(String lines) {
        var assignments = new LinkedHashMap<String, String>();
        for (var line : lines == null
                ? List.<String>of()
                : lines.lines().filter(each -> !each.isBlank()).toList()) {
            int equals = line.indexOf('=');
            if (equals < 1) {
                throw new LondisteException("set: not of the form COLUMN=EXPRESSION: " + line);
            }
            assignments.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return assignments;
    }

    private static int jobs(int jobs) {
        if (jobs < 0 || jobs > MAX_JOBS) {
            throw new LondisteException("jobs: must be from 1 to " + MAX_JOBS + ", or 0 for " + JOBS + ", not " + jobs);
        }
        return jobs == 0 ? JOBS : jobs;
    }
}
