package env_test

import (
	"testing"

	"github.com/tidewheel/tidewheel/internal/env"
	"github.com/tidewheel/tidewheel/internal/env/fstest"
)

func TestOperatingSystemConforms(t *testing.T) {
	fstest.Test(t, func(t testing.TB) (env.FS, string) { return env.Real().FS(), t.TempDir() })
}
