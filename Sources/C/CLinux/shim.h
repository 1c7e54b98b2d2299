// What glibc declares only as macros or variadics; filled by Platform.
