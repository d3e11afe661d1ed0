package io.londiste.pgq;

import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** The component {@code pgq}, which consumes from and produces to PgQ queues. */
@Component("pgq")
public class PgqComponent extends DefaultComponent {
    @Metadata(description = "The database of the queue, for endpoints without a dataSource option", autowired = true)
    private DataSource dataSource;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (remaining.isBlank()) {
            throw new IllegalArgumentException("a pgq endpoint needs the name of a queue: pgq:QUEUE");
        }
        PgqEndpoint endpoint = new PgqEndpoint(uri, this);
        endpoint.setQueue(remaining);
        endpoint.setDataSource(dataSource);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    public DataSource getDataSource() {
        return dataSource;
    }

    public void setDataSource(DataSource dataSource) {
        this.dataSource = dataSource;
    }
}
