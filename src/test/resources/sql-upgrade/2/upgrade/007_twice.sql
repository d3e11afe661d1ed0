update londiste.thing set nr = nr * 2;
