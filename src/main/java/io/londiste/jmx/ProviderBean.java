package io.londiste.jmx;

import io.londiste.provider.Candidates;
import io.londiste.provider.Provider;
import io.londiste.subscriber.Subscriber;
import java.time.Instant;
import java.util.Date;
import java.util.function.Consumer;
import javax.management.openmbean.CompositeData;

final class ProviderBean implements ProviderMBean {
    private final BeanContext context;

    ProviderBean(BeanContext context) {
        this.context = context;
    }

    private Provider provider() {
        return context.databases().provider();
    }

    private String[] run(Consumer<Provider> command) {
        return context.run(provider(), command);
    }

    @Override
    public String getDatabase() {
        return context.databases().first().toString();
    }

    @Override
    public String getServerVersion() {
        return context.state().first().version();
    }

    @Override
    public String getError() {
        return context.state().first().error();
    }

    @Override
    public Date getAsOf() {
        var age = context.state().first().age();
        return age == null ? null : Date.from(Instant.now().minus(age));
    }

    @Override
    public boolean isStale() {
        return context.state().first().isStale();
    }

    @Override
    public String[] install() {
        return run(Provider::install);
    }

    @Override
    public String[] add(String tables, boolean all) {
        var selection = NameArgument.of(tables, all);
        return run(provider -> provider.add(selection));
    }

    @Override
    public String[] remove(String tables, boolean all) {
        var selection = NameArgument.of(tables, all);
        return run(provider -> provider.remove(selection));
    }

    @Override
    public String[] addSequences(String sequences, boolean all) {
        var selection = NameArgument.of(sequences, all);
        return run(provider -> provider.sequences().add(selection));
    }

    @Override
    public String[] removeSequences(String sequences, boolean all) {
        var selection = NameArgument.of(sequences, all);
        return run(provider -> provider.sequences().remove(selection));
    }

    @Override
    public String[] adopt() {
        return context.run(context.databases().subscriber(), Subscriber::adoptProvider);
    }

    @Override
    public CompositeData[] tables() {
        return Composites.of(provider().tables());
    }

    @Override
    public CompositeData[] candidates() {
        return Composites.of(Candidates.list(provider(), context.databases().subscriber()));
    }

    @Override
    public CompositeData[] scripts() {
        return Composites.of(provider().scripts().list());
    }

    @Override
    public CompositeData[] sequences() {
        return Composites.of(provider().sequences().list());
    }
}
