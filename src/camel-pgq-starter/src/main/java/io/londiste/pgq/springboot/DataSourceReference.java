package io.londiste.pgq.springboot;

import javax.sql.DataSource;
import org.springframework.context.ApplicationContext;
import org.springframework.core.convert.converter.Converter;

/** Finds the data source that a property names: {@code #NAME} or {@code #bean:NAME}, as in the options of endpoints. */
final class DataSourceReference implements Converter<String, DataSource> {
    private final ApplicationContext application;

    DataSourceReference(ApplicationContext application) {
        this.application = application;
    }

    @Override
    public DataSource convert(String reference) {
        if (!reference.startsWith("#")) {
            throw new IllegalArgumentException("a data source is given by the name of its bean: #" + reference);
        }
        return application.getBean(reference.replaceFirst("#(bean:)?", ""), DataSource.class);
    }
}
