use std::ops::{Add, Sub};

const EPSILON: f64 = 0.00001;

#[derive(Clone, Copy)]
struct Vector {
    x: f64,
    y: f64,
    z: f64,
}

fn vector(x: f64, y: f64, z: f64) -> Vector {
    Vector { x, y, z }
}

impl Add for Vector {
    type Output = Vector;

    fn add(self, other: Vector) -> Vector {
        vector(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

impl Sub for Vector {
    type Output = Vector;

    fn sub(self, other: Vector) -> Vector {
        vector(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Vector {
    fn dot(self, other: Vector) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    fn scale(self, factor: f64) -> Vector {
        vector(self.x * factor, self.y * factor, self.z * factor)
    }

    fn normalized(self) -> Vector {
        self.scale(1.0 / self.dot(self).sqrt())
    }

    fn reflect(self, normal: Vector) -> Vector {
        self - normal.scale(2.0 * self.dot(normal))
    }
}

struct Ray {
    origin: Vector,
    direction: Vector,
}

impl Ray {
    fn new(origin: Vector, direction: Vector) -> Ray {
        Ray { origin, direction: direction.normalized() }
    }
}

struct Surface {
    colour: Vector,
    other: Option<Vector>,
    mirror: f64,
}

impl Surface {
    fn colour_at(&self, point: Vector) -> Vector {
        match self.other {
            Some(other) if (point.x.floor() as i64 + point.z.floor() as i64).rem_euclid(2) == 0 => other,
            _ => self.colour,
        }
    }
}

enum Form {
    Sphere { centre: Vector, radius: f64 },
    Floor { height: f64 },
}

struct Shape {
    form: Form,
    surface: Surface,
}

impl Shape {
    fn hit(&self, ray: &Ray) -> Option<f64> {
        match self.form {
            Form::Sphere { centre, radius } => {
                let cp = centre - ray.origin;
                let v = cp.dot(ray.direction);
                let discriminant = radius * radius - (cp.dot(cp) - v * v);
                if discriminant < 0.0 { None } else { Some(v - discriminant.sqrt()) }
            }
            Form::Floor { height } => {
                let level = ray.direction.y.abs() < EPSILON;
                if level { None } else { Some((height - ray.origin.y) / ray.direction.y) }
            }
        }
    }

    fn normal_at(&self, point: Vector) -> Vector {
        match self.form {
            Form::Sphere { centre, .. } => (point - centre).normalized(),
            Form::Floor { .. } => vector(0.0, 1.0, 0.0),
        }
    }
}

struct Scene {
    shapes: Vec<Shape>,
    lights: Vec<Vector>,
}

impl Scene {
    fn nearest(&self, ray: &Ray) -> Option<(&Shape, f64)> {
        let mut best: Option<(&Shape, f64)> = None;
        for shape in &self.shapes {
            if let Some(time) = shape.hit(ray)
                && time > EPSILON
                && best.is_none_or(|(_, earlier)| time < earlier)
            {
                best = Some((shape, time));
            }
        }
        best
    }

    fn is_lit(&self, point: Vector, light: Vector) -> bool {
        let towards = light - point;
        self.nearest(&Ray::new(point, towards)).is_none_or(|(_, time)| time > towards.dot(towards).sqrt())
    }

    fn colour(&self, ray: &Ray, depth: usize) -> Vector {
        if depth > 3 {
            return vector(0.0, 0.0, 0.0);
        }
        let Some((shape, time)) = self.nearest(ray) else { return vector(0.1, 0.2, 0.4) };
        let point = ray.origin + ray.direction.scale(time);
        let normal = shape.normal_at(point);
        let colour = shape.surface.colour_at(point);
        let mut total = colour.scale(0.2);
        for &light in &self.lights {
            let strength = (light - point).normalized().dot(normal);
            if strength > 0.0 && self.is_lit(point, light) {
                total = total + colour.scale(0.7 * strength);
            }
        }
        if shape.surface.mirror > 0.0 {
            let mirrored = Ray::new(point, ray.direction.reflect(normal));
            total = total + self.colour(&mirrored, depth + 1).scale(shape.surface.mirror);
        }
        total
    }
}

fn byte(x: f64) -> u64 {
    (x * 255.0).clamp(0.0, 255.0) as u64
}

fn render(scene: &Scene, width: usize, height: usize) -> Vec<(u64, u64, u64)> {
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let direction = vector(x as f64 / width as f64 - 0.5, 0.5 - y as f64 / height as f64, 1.0);
            let pixel = scene.colour(&Ray::new(vector(0.0, 1.5, -6.0), direction), 0);
            pixels.push((byte(pixel.x), byte(pixel.y), byte(pixel.z)));
        }
    }
    pixels
}

fn sphere(centre: Vector, radius: f64, colour: Vector, mirror: f64) -> Shape {
    Shape { form: Form::Sphere { centre, radius }, surface: Surface { colour, other: None, mirror } }
}

fn main() {
    let mut shapes = vec![sphere(vector(1.0, 1.5, 4.0), 1.5, vector(1.0, 0.8, 0.2), 0.3)];
    for i in 0..6 {
        let i = f64::from(i);
        shapes.push(sphere(vector(-3.0 + i * 1.2, 0.4, 2.0), 0.5, vector(i / 6.0, 1.0 - i / 6.0, 0.5), 0.2));
    }
    let surface =
        Surface { colour: vector(0.1, 0.1, 0.1), other: Some(vector(0.9, 0.9, 0.9)), mirror: 0.1 };
    shapes.push(Shape { form: Form::Floor { height: 0.0 }, surface });
    let scene = Scene { shapes, lights: vec![vector(30.0, 30.0, -10.0), vector(-10.0, 100.0, -30.0)] };
    let mut checksum = 0;
    for (r, g, b) in render(&scene, 640, 400) {
        checksum = (checksum * 31 + r * 65536 + g * 256 + b) % 1_000_000_007;
    }
    println!("{checksum}");
}
