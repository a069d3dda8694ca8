"""Spheres above a chequered floor, with shadows and mirrors."""
import math

EPSILON = 0.00001


class Vector:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def scale(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def normalized(self):
        return self.scale(1.0 / math.sqrt(self.dot(self)))

    def reflect(self, normal):
        return self - normal.scale(2.0 * self.dot(normal))


class Ray:
    def __init__(self, origin, direction):
        self.origin = origin
        self.direction = direction.normalized()

    def at(self, time):
        return self.origin + self.direction.scale(time)


class Surface:
    def __init__(self, colour, mirror):
        self.colour = colour
        self.mirror = mirror

    def colour_at(self, point):
        return self.colour


class Chequered(Surface):
    def __init__(self, colour, other, mirror):
        super().__init__(colour, mirror)
        self.other = other

    def colour_at(self, point):
        if (math.floor(point.x) + math.floor(point.z)) % 2 == 0:
            return self.other
        return self.colour


class Shape:
    def __init__(self, surface):
        self.surface = surface

    def hit(self, ray):
        raise NotImplementedError

    def normal_at(self, point):
        raise NotImplementedError


class Sphere(Shape):
    def __init__(self, centre, radius, surface):
        super().__init__(surface)
        self.centre = centre
        self.radius = radius

    def hit(self, ray):
        cp = self.centre - ray.origin
        v = cp.dot(ray.direction)
        discriminant = self.radius * self.radius - (cp.dot(cp) - v * v)
        if discriminant < 0:
            return None
        return v - math.sqrt(discriminant)

    def normal_at(self, point):
        return (point - self.centre).normalized()


class Floor(Shape):
    def __init__(self, height, surface):
        super().__init__(surface)
        self.height = height

    def hit(self, ray):
        if -EPSILON < ray.direction.y < EPSILON:
            return None
        return (self.height - ray.origin.y) / ray.direction.y

    def normal_at(self, point):
        return Vector(0.0, 1.0, 0.0)


class Scene:
    def __init__(self):
        self.shapes = []
        self.lights = []

    def nearest(self, ray):
        best = None
        best_time = 0.0
        for shape in self.shapes:
            time = shape.hit(ray)
            if time is not None and time > EPSILON and (best is None or time < best_time):
                best = shape
                best_time = time
        return best, best_time

    def is_lit(self, point, light):
        towards = light - point
        shape, time = self.nearest(Ray(point, towards))
        return shape is None or time > math.sqrt(towards.dot(towards))

    def colour(self, ray, depth):
        if depth > 3:
            return Vector(0.0, 0.0, 0.0)
        shape, time = self.nearest(ray)
        if shape is None:
            return Vector(0.1, 0.2, 0.4)
        point = ray.at(time)
        normal = shape.normal_at(point)
        surface = shape.surface
        total = surface.colour_at(point).scale(0.2)
        for light in self.lights:
            strength = (light - point).normalized().dot(normal)
            if strength > 0 and self.is_lit(point, light):
                total = total + surface.colour_at(point).scale(0.7 * strength)
        if surface.mirror > 0:
            mirrored = Ray(point, ray.direction.reflect(normal))
            total = total + self.colour(mirrored, depth + 1).scale(surface.mirror)
        return total


def render(scene, width, height):
    rows = []
    for y in range(height):
        row = []
        for x in range(width):
            direction = Vector(x / width - 0.5, 0.5 - y / height, 1.0)
            pixel = scene.colour(Ray(Vector(0.0, 1.5, -6.0), direction), 0)
            row.append((byte(pixel.x), byte(pixel.y), byte(pixel.z)))
        rows.append(row)
    return rows


def byte(x):
    return max(0, min(255, int(x * 255)))


def main():
    scene = Scene()
    scene.lights.append(Vector(30.0, 30.0, -10.0))
    scene.lights.append(Vector(-10.0, 100.0, -30.0))
    scene.shapes.append(Sphere(Vector(1.0, 1.5, 4.0), 1.5, Surface(Vector(1.0, 0.8, 0.2), 0.3)))
    for i in range(6):
        colour = Vector(i / 6.0, 1.0 - i / 6.0, 0.5)
        scene.shapes.append(Sphere(Vector(-3.0 + i * 1.2, 0.4, 2.0), 0.5, Surface(colour, 0.2)))
    floor = Chequered(Vector(0.1, 0.1, 0.1), Vector(0.9, 0.9, 0.9), 0.1)
    scene.shapes.append(Floor(0.0, floor))
    rows = render(scene, 640, 400)
    checksum = 0
    for row in rows:
        for r, g, b in row:
            checksum = (checksum * 31 + r * 65536 + g * 256 + b) % 1000000007
    print(checksum)


main()
