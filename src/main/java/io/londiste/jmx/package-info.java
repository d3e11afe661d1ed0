/** The daemons' MBeans: what the command lines can do and show, for jconsole, the console and any other JMX client. */
package io.londiste.jmx;
