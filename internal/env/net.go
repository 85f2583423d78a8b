package env

import "context"

// Net is the network of a process: byte streams over "tcp" and over "unix" sockets.
// The address of a tcp network is host:port, that of a unix network a path.
type Net interface {
	// Dial connects to who listens at an address.
	Dial(ctx context.Context, network, address string) (Conn, error)

	// Listen waits for connections at an address. Port 0 takes any free port;
	// [Listener.Addr] says which. Of a unix network, the socket file that a dead
	// process has left is replaced, and Close removes the file.
	Listen(ctx context.Context, network, address string) (Listener, error)
}

// Conn is a connection. One activity may read while another writes. Operations on
// a closed Conn return an error that wraps fs.ErrClosed.
type Conn interface {
	// Read waits until there is something to read and takes up to len(p) bytes of it.
	// It returns io.EOF, and no bytes, when the other end has closed and all was read,
	// and the cause of ctx if that is done first: then no bytes are lost, and the
	// connection can still be read. After another error it can't.
	Read(ctx context.Context, p []byte) (int, error)

	// Write sends all of p, or returns an error. It may wait until the other end has
	// read. A success says that the bytes are on their way, not that they arrive. After an
	// error, of which the cause of ctx is one, n bytes are on their way, and the
	// connection is of no further use to the writer unless it goes on behind these.
	Write(ctx context.Context, p []byte) (n int, err error)

	// Close ends the connection, and Reads and Writes that wait. The other end
	// reads what was written and then io.EOF. Further calls do nothing.
	Close() error

	// RemoteAddr is the address of the other end. That of a unix client is empty.
	RemoteAddr() string
}

// Listener accepts connections. Operations on a closed Listener return an error
// that wraps fs.ErrClosed.
type Listener interface {
	// Accept waits for the next connection. It returns the cause of ctx if that is done
	// first.
	Accept(ctx context.Context) (Conn, error)

	// Addr is the address to dial.
	Addr() string

	// Close refuses further connections and ends an Accept that waits. Those accepted
	// stay. Further calls do nothing.
	Close() error
}
