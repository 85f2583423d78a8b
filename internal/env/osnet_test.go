package env_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/env/nettest"
)

func TestOperatingSystemNetConforms(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) {
			nettest.Test(t, func(t *testing.T, body func(nettest.Place) error) {
				place := nettest.Place{Env: env.Real(), Network: network}
				if network == "tcp" {
					place.Free, place.Vacant = "127.0.0.1:0", vacantPort(t)
					place.Echo = serveEcho(t, network, "127.0.0.1:0")
				} else {
					dir := socketDir(t)
					place.Free, place.Vacant = filepath.Join(dir, "free"), filepath.Join(dir, "vacant")
					place.Echo = serveEcho(t, network, filepath.Join(dir, "echo"))
				}
				if err := body(place); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// socketDir is a directory whose name is short enough for sockets.
func socketDir(t *testing.T) string {
	dir, err := os.MkdirTemp("", "net")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func vacantPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serveEcho starts a server as nettest wants it.
func serveEcho(t *testing.T, network, address string) string {
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			echo(c)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return l.Addr().String()
}

func echo(c net.Conn) {
	defer c.Close()
	p := make([]byte, 100)
	for {
		n, err := c.Read(p)
		if err != nil {
			return
		}
		if _, err := c.Write(p[:n]); err != nil || bytes.HasSuffix(p[:n], []byte(".")) {
			return
		}
	}
}

// TestStaleSocket: the file that a dead process has left is replaced; what is not a
// socket is not.
func TestStaleSocket(t *testing.T) {
	ctx, dir := context.Background(), socketDir(t)
	stale := filepath.Join(dir, "stale")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: stale, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	if _, err := os.Lstat(stale); err != nil {
		t.Fatal(err)
	}
	e := env.Real()
	l, err := e.Net().Listen(ctx, "unix", stale)
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.Net().Dial(ctx, "unix", stale)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	l.Close()
	if _, err := os.Lstat(stale); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after Close: %v", err)
	}

	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Net().Listen(ctx, "unix", file); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("listen at a file: %v", err)
	}
	if content, err := os.ReadFile(file); string(content) != "precious" {
		t.Errorf("the file holds %q, %v", content, err)
	}
}
